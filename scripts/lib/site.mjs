import { join } from 'node:path';
import { filesIn, mirror } from './mirror.mjs';
import { root } from './project.mjs';

const SWAGGER_UI = [
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'swagger-ui-bundle.js.LICENSE.txt',
  'LICENSE',
  'NOTICE',
];

/** Puts together in public/ what Hosting serves: our pages, the renderer of the reference, and what it renders. */
export function buildSite() {
  const ours = filesIn(join(root, 'site')).map((file) => [file, join(root, 'site', file)]);
  const renderer = SWAGGER_UI.map((file) => [
    join('docs/swagger-ui', file),
    join(root, 'node_modules/swagger-ui-dist', file),
  ]);
  const files = new Map([...ours, ...renderer, ['openapi.json', join(root, 'openapi.json')]]);
  mirror(files, join(root, 'public'));
}
