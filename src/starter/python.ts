import { AppLanguage } from './app-language';

export const python: AppLanguage = {
  id: 'python',
  pins: ['requirements.txt'],
  // Where it is and what it is called is for its owner to say.
  install: ['python3 -m venv .venv', '. .venv/bin/activate', 'pip install -r requirements.txt'],
  githubSteps: file => `
- uses: actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065 # v5.6.0
  with:
    python-version: "3.11"
    cache: pip
    cache-dependency-path: ${file('requirements.txt')}
- run: pip install -r requirements.txt
`,
  gitlab: {
    // Its Debian has Python 3.11.
    image: 'node:22-bookworm',
    setup: [
      'apt-get update -qq && apt-get install -qq --no-install-recommends python3-venv',
      'python3 -m venv .venv && . .venv/bin/activate',
      'pip install --quiet -r requirements.txt',
    ],
  },
};
