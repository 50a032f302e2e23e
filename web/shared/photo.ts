import { Unreachable } from './api.ts';

/** Of a doorstep; a paper is read, so its picture is larger. */
export const longestSidePx = { photo: 1280, paper: 2000 } as const;
const jpegQuality = 0.8;

/** A photo from the camera, made small enough to send from a parking garage. Throws when it cannot be read. */
export async function shrink(file: Blob, longestSide: number = longestSidePx.photo): Promise<Blob> {
  let image: ImageBitmap;
  try {
    image = await createImageBitmap(file);
  } catch {
    throw new Error('This file is no picture that can be read. Take the photo again.');
  }
  const scale = Math.min(1, longestSide / Math.max(image.width, image.height));
  const canvas = canvasOf(Math.round(image.width * scale), Math.round(image.height * scale));
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
  return jpegOf(canvas);
}

/** For a driver without a camera in the demo: a drawn doorstep with a parcel. */
export function samplePhoto(caption: string): Promise<Blob> {
  const canvas = canvasOf(640, 480);
  const draw = canvas.getContext('2d')!;
  const box = (colour: string, x: number, y: number, width: number, height: number) => {
    draw.fillStyle = colour;
    draw.fillRect(x, y, width, height);
  };
  box('#d9d2c3', 0, 0, 640, 480);
  box('#2f5d50', 210, 40, 220, 340);
  box('#e0b860', 395, 210, 16, 16);
  box('#9d8f78', 0, 380, 640, 100);
  box('#b98a55', 90, 290, 150, 110);
  box('#e8d9bd', 90, 335, 150, 14);
  draw.fillStyle = '#1c1f1d';
  draw.font = '22px sans-serif';
  draw.fillText(caption, 20, 455);
  return jpegOf(canvas);
}

/** Puts a picture where the link says, and answers with the link that took it. Sent again until it is there. */
export async function uploadPicture<L extends { uploadUrl: string; contentType: string }>(
  link: () => Promise<L>,
  photo: Blob,
  onRetry: (attempt: number) => void,
): Promise<L> {
  for (let attempt = 1; ; attempt++) {
    const given = await link();
    const response = await fetch(given.uploadUrl, {
      method: 'PUT',
      body: photo,
      headers: { 'content-type': given.contentType },
    }).catch(() => null);
    if (response?.ok) return given;
    // A link that was refused or ran out is replaced by a new one; three in a row is no accident.
    if (response && attempt >= 3) throw new Error(`The photo could not be stored (${response.status}). Try again.`);
    if (!response && attempt >= 10) throw new Unreachable();
    onRetry(attempt);
    await new Promise((resolve) => setTimeout(resolve, Math.min(10_000, 500 * 2 ** (attempt - 1))));
  }
}

function canvasOf(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

function jpegOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('The photo could not be made smaller. Take it again.'))),
      'image/jpeg',
      jpegQuality,
    );
  });
}
