import { AppLanguage } from './app-language';

export const csharp: AppLanguage = {
  id: 'csharp',
  pins: ['Egress/Egress.csproj'],
  install: [],
  githubSteps: () => `
- uses: actions/setup-dotnet@67a3573c9a986a3f9c594539f4ab511d57bb3ce9 # v4.3.1
  with:
    dotnet-version: 8.0.x
`,
  gitlab: {
    image: 'node:22-bookworm',
    setup: [
      'curl --fail --silent --show-error --location --output packages.deb https://packages.microsoft.com/config/debian/12/packages-microsoft-prod.deb',
      'dpkg -i packages.deb && rm packages.deb && apt-get update -qq && apt-get install -qq --no-install-recommends dotnet-sdk-8.0',
    ],
  },
};
