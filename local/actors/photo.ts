import { crc32, deflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const side = 96;

/** A small picture of a parcel before a door (PNG, about 300 bytes); `tint` makes each door another colour. */
export function doorPhoto(tint: number): Buffer {
  const rows: number[] = [];
  for (let y = 0; y < side; y++) {
    rows.push(0);
    for (let x = 0; x < side; x++) rows.push(...pixel(x, y, tint));
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  // 8 bits a channel, true colour.
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function pixel(x: number, y: number, tint: number): [red: number, green: number, blue: number] {
  if (x > 52 && x < 82 && y > 62 && y < 84) return x === 67 || y === 72 ? [150, 110, 60] : [196, 154, 96];
  if (x > 18 && x < 54 && y > 12 && y < 84) return x > 46 && x < 50 && y === 50 ? [230, 200, 80] : door(tint);
  return y >= 84 ? [120, 120, 116] : [226, 220, 208];
}

function door(tint: number): [number, number, number] {
  return [60 + (tint % 7) * 20, 50 + (tint % 5) * 24, 60 + (tint % 3) * 40];
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
