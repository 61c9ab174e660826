import { join } from 'node:path';
import { root } from '../project.mjs';
import { filesIn, syncDir } from './syncDir.mjs';

const SWAGGER_UI = [
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'swagger-ui-bundle.js.LICENSE.txt',
  'LICENSE',
  'NOTICE',
];

/** Fills public/, which Hosting serves: our pages, Swagger UI, and the OpenAPI document that it shows. */
export function buildSite() {
  const pages = filesIn(join(root, 'site')).map((file) => [file, join(root, 'site', file)]);
  const swaggerUi = SWAGGER_UI.map((file) => [
    join('docs/swagger-ui', file),
    join(root, 'node_modules/swagger-ui-dist', file),
  ]);
  const document = ['openapi.json', join(root, 'openapi.json')];
  syncDir(new Map([...pages, ...swaggerUi, document]), join(root, 'public'));
}
