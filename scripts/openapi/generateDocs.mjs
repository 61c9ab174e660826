import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PARAMETERS } from '../../functions/src/config.ts';
import * as endpoints from '../../functions/src/endpoints.ts';
import { jsonSchema } from '../../functions/src/http/openapi/schemas.ts';
import { openApi } from '../../functions/src/http/openapi.ts';
import { message } from '../../functions/src/tweets/message.ts';
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
  };
}

const formatJson = (value) => `${JSON.stringify(value, null, 2)}\n`;
