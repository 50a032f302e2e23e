import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

interface PageSource {
  name: string;
  title: string;
  description: string;
  /** A page whose address is a secret: not indexed, and its address is told to nobody. */
  secretAddress?: boolean;
}

/** Every page is one folder here and one folder in the output, with its own script and style. */
export const pages: readonly PageSource[] = [
  {
    name: 'front',
    title: 'Mallway',
    description: 'Same-day delivery of what the stores in a shopping mall have on their shelves.',
  },
  { name: 'tracking', title: 'Your order', description: 'Where your order is and when it comes.', secretAddress: true },
  { name: 'store', title: 'Store board', description: 'Orders to confirm, prepare and hand over.' },
  { name: 'drive', title: 'Drive', description: 'Offers, and the run under way.' },
  { name: 'join', title: 'Drive with us', description: 'Apply to drive, and see how it goes.', secretAddress: true },
  { name: 'ops', title: 'Operations', description: 'What waits too long, and what to do about it.' },
];

const webDirectory = dirname(fileURLToPath(import.meta.url));

/** Bundles every page into `<outDirectory>/<page>/`: index.html, and a script and a style named by their content. */
export async function buildPages(outDirectory: string): Promise<void> {
  await rm(outDirectory, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: webDirectory,
    entryPoints: pages.flatMap(({ name }) => [
      { in: `${name}/main.tsx`, out: `${name}/app` },
      { in: `${name}/style.css`, out: `${name}/style` },
    ]),
    outdir: outDirectory,
    entryNames: '[dir]/[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022', 'chrome109', 'safari16'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    metafile: true,
    logLevel: 'warning',
  });
  const outputs = Object.keys(metafile.outputs).map((path) => path.split('/').at(-1)!);
  const byPage = (page: string, entry: string, extension: string) => {
    const source = `${page}/${entry}`;
    const path = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === source)?.[0];
    const file = outputs.find((name) => path?.endsWith(`/${name}`) && name.endsWith(extension));
    if (!file) throw new Error(`esbuild wrote no ${extension} for ${source}.`);
    return `/${page}/${file}`;
  };
  for (const page of pages) {
    const html = htmlOf(page, byPage(page.name, 'main.tsx', '.js'), byPage(page.name, 'style.css', '.css'));
    await mkdir(join(outDirectory, page.name), { recursive: true });
    await writeFile(join(outDirectory, page.name, 'index.html'), html);
  }
}

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill='%230b6b50' " +
  "d='M4 1h8a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3H9a8 8 0 0 1-8-8V4a3 3 0 0 1 3-3z'/%3E%3C/svg%3E";

function htmlOf({ title, description, secretAddress }: PageSource, script: string, style: string): string {
  const secret = secretAddress
    ? '\n<meta name="robots" content="noindex, nofollow">\n<meta name="referrer" content="no-referrer">'
    : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">${secret}
<title>${title}</title>
<meta name="description" content="${description}">
<meta name="theme-color" content="#f6f5f1" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#121513" media="(prefers-color-scheme: dark)">
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="${style}">
<script type="module" src="${script}"></script>
</head>
<body>
<div id="app"></div>
<noscript>This page needs JavaScript to show what is happening right now.</noscript>
</body>
</html>
`;
}
