import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
