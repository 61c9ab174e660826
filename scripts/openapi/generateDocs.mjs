import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import * as endpoints from '../../functions/src/app/endpoints.ts';
import { FUNCTIONS } from '../../functions/src/app/functions.ts';
import { PARAMETERS } from '../../functions/src/config/parameters.ts';
import { message } from '../../functions/src/delivery/message.ts';
import { openApi } from '../../functions/tools/openapi/openapi.ts';
import { jsonSchema } from '../../functions/tools/openapi/schemas.ts';
import { rewritesOf } from '../../functions/tools/rewrites.ts';
import { functions, root } from '../project.mjs';
import { withParameters } from './configurationDocs.mjs';

/** The text of each document that is generated from the code and committed, by its path from the root. */
export function generateDocs() {
  const { version } = JSON.parse(readFileSync(join(functions, 'package.json'), 'utf8'));
  return {
    'openapi.json': formatJson(openApi(Object.values(endpoints), version)),
    'docs/message.schema.json': formatJson(jsonSchema(message, 'output')),
    'docs/configuration.md': withParameters(
      readFileSync(join(root, 'docs/configuration.md'), 'utf8'),
      PARAMETERS,
    ),
    'firebase.json': withRewrites(readFileSync(join(root, 'firebase.json'), 'utf8'), rewritesOf(FUNCTIONS)),
  };
}

const formatJson = (value) => `${JSON.stringify(value, null, 2)}\n`;

/** Returns the text of firebase.json with other Hosting rewrites, one on each line. */
function withRewrites(text, rewrites) {
  const { offset, length } = findNodeAtLocation(parseTree(text), ['hosting', 'rewrites']);
  const lines = rewrites.map(
    ({ source, function: { functionId } }) =>
      `      { "source": "${source}", "function": { "functionId": "${functionId}" } }`,
  );
  return `${text.slice(0, offset)}[\n${lines.join(',\n')}\n    ]${text.slice(offset + length)}`;
}
