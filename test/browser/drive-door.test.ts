import { describe, expect, it } from 'vitest';
import { chromiumExecutable } from './chromium.ts';
import { atDoor, bodyOf, door, livingDriver, stopPath } from './living-driver.ts';
import { browserPages, expectAccessible, phone, picture } from './pages.ts';

describe.skipIf(!chromiumExecutable)('the driver at a door', () => {
  const pages = browserPages();

  it('uploads the photo of the door and names it as proof, with what was refused', async () => {
    pages.cloud.answers = livingDriver(atDoor('photo'));
    const page = await pages.open('/drive?actor=maya', { size: phone });
    await page.getByRole('button', { name: 'Delivered' }).click();
    await page.getByText('Take a photo of the parcels at the door first.').waitFor();
    await page.getByRole('button', { name: 'No camera? Use a sample photo' }).click();
    await page.getByAltText('What you took').waitFor();
    await page.getByLabel('4F2K-A12').uncheck();
    await picture(page, 'drive photo taken');
    await page.getByRole('button', { name: 'Delivered' }).click();
    await page.getByText('You earned').waitFor();
    expect(bodyOf(pages.cloud, '/v1/driver/proofs')).toEqual({ contentType: 'image/jpeg', stopId: door });
    expect(pages.cloud.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
    expect(bodyOf(pages.cloud, stopPath(door, 'complete'))).toEqual({
      labels: ['4F2K-A11'],
      refusedLabels: ['4F2K-A12'],
      proof: { kind: 'photo', photoKey: 'proofs/dr-maya/prf-1' },
    });
  });

  it('takes a photo from a file, and says so when it is none', async () => {
    pages.cloud.answers = livingDriver(atDoor('photo'));
    const page = await pages.open('/drive?actor=maya', { size: phone });
    const field = page.getByLabel('Photo of the parcels at the door');
    await field.setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') });
    await page.getByText('This file is no picture').waitFor();
    await field.setInputFiles({ name: 'b.png', mimeType: 'image/png', buffer: await page.screenshot() });
    await page.getByAltText('What you took').waitFor();
    expect(await page.getByText('This file is no picture').count()).toBe(0);
  });

  it('says how many tries are left after a wrong PIN and keeps what was typed', async () => {
    pages.cloud.answers = {
      ...livingDriver(atDoor('pin')),
      [`POST ${stopPath(door, 'complete')}`]: () => ({
        status: 422,
        body: { status: 422, code: 'pin_wrong', detail: 'That PIN is wrong.', mend: 'Ask again.', triesLeft: 2 },
      }),
    };
    const page = await pages.open('/drive?actor=maya', { size: phone });
    await page.getByLabel("The shopper's PIN").fill('111111');
    await page.getByRole('button', { name: 'Delivered' }).click();
    await page.getByText('That PIN is wrong.').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('2 tries are left.');
    expect(await page.getByLabel("The shopper's PIN").inputValue()).toBe('111111');
    await expectAccessible(page);
  });

  it('asks for a reason where the phone is too far from the door, and sends it along', async () => {
    const world = atDoor('pin');
    const answers = livingDriver(world);
    const bodies: { awayReason?: string }[] = [];
    pages.cloud.answers = {
      ...answers,
      [`POST ${stopPath(door, 'complete')}`]: (request) => {
        const body = request.body as { awayReason?: string };
        bodies.push(body);
        if (body.awayReason) return answers[`POST ${stopPath(door, 'complete')}`]!(request);
        const mend = 'Go there, or send this again with awayReason.';
        return {
          status: 422,
          body: { status: 422, code: 'too_far', detail: 'Your phone is 400 m from the door.', mend },
        };
      },
    };
    const page = await pages.open('/drive?actor=maya', { size: phone });
    await page.getByLabel("The shopper's PIN").fill('111111');
    await page.getByRole('button', { name: 'Delivered' }).click();
    await page.getByText('Your phone is 400 m from the door.').waitFor();
    await expectAccessible(page);
    await page.getByLabel('We met somewhere else').check();
    await page.getByRole('button', { name: 'Go on with this reason' }).click();
    await page.getByText('Run done').waitFor();
    expect(bodies.map(({ awayReason }) => awayReason)).toEqual([undefined, 'met_elsewhere']);
  });

  it('asks for the evidence that each reason needs before it gives up on a door', async () => {
    pages.cloud.answers = livingDriver(atDoor('photo'));
    const page = await pages.open('/drive?actor=maya', { size: phone, scheme: 'dark' });
    await page.getByRole('button', { name: "Can't deliver" }).click();
    const sheet = page.getByRole('dialog', { name: "Can't deliver" });
    const send = sheet.getByRole('button', { name: "Can't deliver" });
    await send.click();
    await sheet.getByText('Call or ring first').waitFor();
    await sheet.getByRole('button', { name: 'Times you called or rang: more' }).click();
    await send.click();
    await sheet.getByText('Take a photo of what you see.').waitFor();
    await expectAccessible(page);
    await picture(page, 'drive cannot deliver');
    await sheet.getByRole('button', { name: 'No camera? Use a sample photo' }).click();
    await sheet.getByAltText('What you took').waitFor();
    await send.click();
    await page.getByText('You earned').waitFor();
    expect(bodyOf(pages.cloud, stopPath(door, 'fail'))).toEqual({
      reason: 'customer_unavailable',
      evidence: { contactAttempts: 1, photoKey: 'proofs/dr-maya/prf-1' },
    });
  });

  it('says where the driver is when the address cannot be found', async () => {
    pages.cloud.answers = livingDriver(atDoor('photo'));
    const page = await pages.open('/drive?actor=maya', { size: phone });
    await page.getByRole('button', { name: "Can't deliver" }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel('Why').selectOption('address_not_found');
    await sheet.getByRole('button', { name: 'I am at the pin on the map' }).click();
    await sheet.getByText('Noted: 33.3100, -111.8700').waitFor();
    await sheet.getByRole('button', { name: "Can't deliver" }).click();
    await page.getByText('You earned').waitFor();
    expect(bodyOf(pages.cloud, stopPath(door, 'fail'))).toEqual({
      reason: 'address_not_found',
      evidence: { position: [-111.87, 33.31] },
    });
  });
});
