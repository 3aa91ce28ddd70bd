import { AppLanguage } from './app-language';

export const java: AppLanguage = {
  id: 'java',
  pins: ['pom.xml'],
  install: [],
  githubSteps: file => `
- uses: actions/setup-java@c5195efecf7bdfc987ee8bae7a71cb8b11521c00 # v4.7.1
  with:
    distribution: temurin
    java-version: 17
    cache: maven
    cache-dependency-path: ${file('pom.xml')}
`,
  gitlab: {
    // Its Debian has OpenJDK 17.
    image: 'node:22-bookworm',
    setup: ['apt-get update -qq && apt-get install -qq --no-install-recommends default-jdk-headless maven'],
  },
};
