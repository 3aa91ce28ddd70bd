/** Writes the platform of one environment to dist/: ENVIRONMENT=staging npx cdk8s synth --app 'npx tsx main.ts' */
import { App } from 'cdk8s';
import { platform } from './app';
import { readEnvironment } from './config';

try {
  const app = new App();
  platform(app, readEnvironment(process.env.ENVIRONMENT ?? ''));
  app.synth();
} catch (error) {
  console.error(`platform: ${(error as Error).message}`);
  process.exitCode = 1;
}
