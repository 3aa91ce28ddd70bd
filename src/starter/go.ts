import { AppLanguage } from './app-language';

export const go: AppLanguage = {
  id: 'go',
  pins: ['go.mod'],
  // It writes go.sum.
  install: ['go mod tidy'],
  githubSteps: file => `
- uses: actions/setup-go@d35c59abb061a4a6fb18e82ac0862c26744d6ab5 # v5.5.0
  with:
    go-version-file: ${file('go.mod')}
    cache-dependency-path: ${file('go.sum')}
`,
  gitlab: {
    // Its Debian has Node 20.
    image: 'golang:1.26-trixie',
    setup: ['apt-get update -qq && apt-get install -qq --no-install-recommends nodejs npm'],
  },
};
