// The function that FUNCTION_TARGET names, behind the framework that runs it in production. Tells its port.
import { http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import * as functions from '../../src/index.ts';

const name = process.env.FUNCTION_TARGET ?? '';
const handlers = new Map(Object.entries(functions));
http(name, handlers.get(name) as Parameters<typeof http>[1]);
const server = getTestServer(name).listen(0, '127.0.0.1', () => process.send?.(server.address()));
