import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PARAMETERS } from '../../functions/src/config.ts';
import * as endpoints from '../../functions/src/endpoints.ts';
import { jsonSchema } from '../../functions/src/http/openapi/schemas.ts';
import { openApi } from '../../functions/src/http/openapi.ts';
import { message } from '../../functions/src/tweets/message.ts';
import { withParameters } from './configurationDocs.mjs';
import { functions, root } from './project.mjs';

/** What is generated from the code and committed: the text of each file by its path from the root. */
export function documents() {
  const { version } = JSON.parse(readFileSync(join(functions, 'package.json'), 'utf8'));
  return {
    'openapi.json': inLines(openApi(Object.values(endpoints), version)),
    'docs/message.schema.json': inLines(jsonSchema(message, 'output')),
    'docs/configuration.md': withParameters(
      readFileSync(join(root, 'docs/configuration.md'), 'utf8'),
      PARAMETERS,
    ),
  };
}

const inLines = (value) => `${JSON.stringify(value, null, 2)}\n`;
