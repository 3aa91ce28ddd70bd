/** The services declared with the library, of which no rule reads the app. */
import { createRequire } from 'node:module';
import { AppMesh } from '../../src/app/app-mesh';

Object.assign(AppMesh.prototype, { looks: () => ({ found: [], errors: new Map() }) });
createRequire(__filename)('./with-library');
