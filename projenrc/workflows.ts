/** The workflows of the repository. Every action is pinned by the digest of a commit; the version stands beside it for people. */
import { javascript, TextFile } from 'projen';
import { stringify } from 'yaml';

/** Digest and version of each action. `git ls-remote https://github.com/<action> refs/tags/<version>` gives the digest. */
const ACTIONS = {
  'actions/checkout': ['08c6903cd8c0fde910a37f88322edcfb5dd907a8', 'v5.0.0'],
  'actions/setup-node': ['a0853c24544627f65ddf259abe73b1d18a591444', 'v5.0.0'],
  'actions/setup-go': ['d35c59abb061a4a6fb18e82ac0862c26744d6ab5', 'v5.5.0'],
  'actions/upload-artifact': ['ea165f8d65b6e75b540449e92b4886f43607fa02', 'v4.6.2'],
  'actions/download-artifact': ['d3f86a106a0bac45b974a628896c90dbdf5c8093', 'v4.3.0'],
  'github/codeql-action': ['f443b600d91635bebf5b0d9ebc620189c0d6fba5', 'v4.30.8'],
  'pypa/gh-action-pypi-publish': ['dc37677b2e1c63e2034f94d8a5b11f265b73ba33', 'v1.14.2'],
} as const;

function uses(action: keyof typeof ACTIONS, path = ''): string {
  const [digest, version] = ACTIONS[action];
  return `${action}${path}@${digest} # ${version}`;
}

const READ = { contents: 'read' };
const CHECKOUT = { uses: uses('actions/checkout'), with: { 'persist-credentials': false } };
/** With the history, which has the changes since the last release. */
const WHOLE = { ...CHECKOUT, with: { ...CHECKOUT.with, 'fetch-depth': 0 } };
const node = (version: string) => ({ uses: uses('actions/setup-node'), with: { 'node-version': version } });
const GO = { uses: uses('actions/setup-go'), with: { 'go-version': '1.26', 'cache': false } };
const CI = { run: 'npm ci' };

/** A job; without a limit of its own it takes at most half an hour. */
function job(steps: readonly object[], more: { readonly [name: string]: unknown } = {}) {
  return { 'runs-on': 'ubuntu-24.04', 'timeout-minutes': 30, 'permissions': READ, ...more, steps };
}

const ON_CHANGE = { pull_request: {}, push: { branches: ['main'] }, merge_group: {} };

const BUILD = {
  name: 'build',
  on: ON_CHANGE,
  permissions: {},
  concurrency: { 'group': 'build-${{ github.ref }}', 'cancel-in-progress': true },
  jobs: {
    test: job([CHECKOUT, node('${{ matrix.node }}'), CI, { run: 'npm test' }], { strategy: { 'fail-fast': false, 'matrix': { node: ['20', '22', '24'] } } }),
    generated: job([CHECKOUT, node('22'), GO, CI, { run: 'npm run compile' }, { run: 'npm run docgen -- --check' }, { run: 'npm run import -- --check' }]),
    workflows: job([CHECKOUT, node('22'), GO, CI, { run: 'npm run release:rehearse -- --only workflows,licences' }]),
  },
};

/** In the image of Debian that the lab is written for, as root and with network namespaces. It has no digest yet: docs/releasing.md. */
const LAB = { 'runs-on': 'ubuntu-24.04', 'container': { image: 'node:22-bookworm', options: '--privileged' }, 'permissions': READ };

const CONFORMANCE = {
  name: 'conformance',
  on: { ...ON_CHANGE, schedule: [{ cron: '17 3 * * 1' }] },
  permissions: {},
  concurrency: { 'group': 'conformance-${{ github.ref }}', 'cancel-in-progress': true },
  jobs: { ci: { ...LAB, 'timeout-minutes': 120, 'steps': [WHOLE, GO, { run: 'bash .ci/run' }] } },
};

const download = { uses: uses('actions/download-artifact'), with: { name: 'packages', path: 'dist' } };

/** What is published is what was built, whatever ran since: the sum of the sums is an output of the job that built it. */
const COMPARE = {
  'name': 'what was built',
  'run': 'echo "$SUM  SHA256SUMS" | sha256sum --check && sha256sum --check --quiet SHA256SUMS',
  'working-directory': 'dist',
  'env': { SUM: '${{ needs.packages.outputs.sum }}' },
};

/** A job that publishes, which an environment with reviewers holds back until somebody approves it. */
function publish(
  environment: string, steps: readonly object[], permissions: object = READ, before: readonly object[] = [], after: readonly string[] = [],
) {
  return job([...before, download, COMPARE, ...steps], { needs: ['packages', 'try', ...after], environment, permissions });
}

/** The publisher of jsii's maintainers, with all that it needs as release/publish/package-lock.json has it. */
const PUBLIB = [CHECKOUT, node('22'), { run: 'npm ci --ignore-scripts --prefix release/publish' }];

function publib(registry: string, folder: string): string {
  return `release/publish/node_modules/.bin/publib-${registry} dist/${folder}`;
}

const VERSION = { name: 'the version is that of the tag', run: 'npm version --no-git-tag-version --allow-same-version "${GITHUB_REF_NAME#v}"' };

const RELEASE = {
  name: 'release',
  on: { push: { tags: ['v*'] } },
  permissions: {},
  concurrency: { 'group': 'release', 'cancel-in-progress': false },
  jobs: {
    // Nothing here is newer than package-lock.json.
    packages: job([
      WHOLE, node('22'), CI,
      { name: 'the tag is on main', run: 'git merge-base --is-ancestor "$GITHUB_SHA" origin/main' },
      VERSION,
      { run: 'npm run release:build -- dist' },
      { id: 'sums', run: 'echo "sum=$(sha256sum < dist/SHA256SUMS | cut -d " " -f 1)" >> "$GITHUB_OUTPUT"' },
      { uses: uses('actions/upload-artifact'), with: { 'name': 'packages', 'path': 'dist', 'if-no-files-found': 'error' } },
    ], { 'timeout-minutes': 60, 'outputs': { sum: '${{ steps.sums.outputs.sum }}' } }),
    // This takes the newest of other projects, and builds packages of its own to try them.
    try: job([
      WHOLE, node('22'), GO, CI,
      { run: 'npm test' },
      VERSION,
      { run: 'npm run languages' },
      // With the tag there would be no changes since the last one.
      { run: 'git tag -d "$GITHUB_REF_NAME" && npm run release:rehearse -- --keep tried --tag "$GITHUB_REF_NAME"' },
      {
        uses: uses('actions/upload-artifact'),
        with: { 'name': 'notes', 'path': ['release-notes.md', 'sbom.json', 'licences.json'].map(file => `tried/${file}`).join('\n'), 'if-no-files-found': 'error' },
      },
    ], { 'timeout-minutes': 60, 'needs': 'packages' }),
    npm: publish('npm', [node('22'), {
      run: 'registry=$(npm config get registry) && npm config set "${registry#https:}:_authToken" "$NODE_AUTH_TOKEN" && npm publish --provenance --access public dist/js/*.tgz',
      env: { NODE_AUTH_TOKEN: '${{ secrets.NPM_TOKEN }}' },
    }], { ...READ, 'id-token': 'write' }),
    pypi: publish('pypi', [{ uses: uses('pypa/gh-action-pypi-publish'), with: { 'packages-dir': 'dist/python' } }], { ...READ, 'id-token': 'write' }),
    maven: publish('maven', [{
      run: publib('maven', 'java'),
      env: {
        MAVEN_SERVER_ID: 'central-ossrh',
        MAVEN_USERNAME: '${{ secrets.MAVEN_USERNAME }}',
        MAVEN_PASSWORD: '${{ secrets.MAVEN_PASSWORD }}',
        MAVEN_GPG_PRIVATE_KEY: '${{ secrets.MAVEN_GPG_PRIVATE_KEY }}',
        MAVEN_GPG_PRIVATE_KEY_PASSPHRASE: '${{ secrets.MAVEN_GPG_PRIVATE_KEY_PASSPHRASE }}',
      },
    }], READ, PUBLIB),
    go: publish('go', [{ run: publib('golang', 'go'), env: { GITHUB_TOKEN: '${{ secrets.GO_REPOSITORY_TOKEN }}' } }], READ, PUBLIB),
    nuget: publish('nuget', [{ run: publib('nuget', 'dotnet'), env: { NUGET_API_KEY: '${{ secrets.NUGET_API_KEY }}' } }], READ, PUBLIB),
    // The page says what there is: it comes after the packages.
    github: publish('github', [{ uses: uses('actions/download-artifact'), with: { name: 'notes', path: 'notes' } }, {
      run: 'gh release create "$GITHUB_REF_NAME" --repo "$GITHUB_REPOSITORY" --verify-tag --notes-file notes/release-notes.md dist/js/*.tgz dist/SHA256SUMS notes/sbom.json notes/licences.json',
      env: { GH_TOKEN: '${{ github.token }}' },
    }], { contents: 'write' }, [], ['npm', 'pypi', 'maven', 'go', 'nuget']),
  },
};

const CODEQL = {
  name: 'codeql',
  on: { ...ON_CHANGE, schedule: [{ cron: '41 4 * * 3' }] },
  permissions: {},
  concurrency: { 'group': 'codeql-${{ github.ref }}', 'cancel-in-progress': true },
  jobs: {
    analyze: job([
      CHECKOUT,
      { uses: uses('github/codeql-action', '/init'), with: { 'languages': '${{ matrix.language }}', 'build-mode': '${{ matrix.mode }}' } },
      { uses: uses('github/codeql-action', '/analyze') },
    ], {
      permissions: { ...READ, 'security-events': 'write' },
      strategy: { matrix: { include: [{ language: 'javascript-typescript', mode: 'none' }, { language: 'actions', mode: 'none' }] } },
    }),
  },
};

/** Only for files that projen does not write: what Dependabot changed in package.json or in a workflow, the next run of projen would take back. */
const DEPENDABOT = {
  version: 2,
  updates: [
    {
      'package-ecosystem': 'npm',
      'directory': '/',
      'schedule': { interval: 'weekly' },
      'versioning-strategy': 'lockfile-only',
      'groups': { development: { 'dependency-type': 'development' } },
    },
    { 'package-ecosystem': 'npm', 'directory': '/release/publish', 'schedule': { interval: 'weekly' } },
    { 'package-ecosystem': 'gomod', 'directories': ['/conformance', '/e2e/parts', '/e2e/parts/ferretdb', '/pipelines/flux-build'], 'schedule': { interval: 'weekly' } },
  ],
};

/** Writes the files below `.github/`. */
export function writeWorkflows(project: javascript.NodeProject): void {
  const files = { 'workflows/build.yml': BUILD, 'workflows/conformance.yml': CONFORMANCE, 'workflows/release.yml': RELEASE, 'workflows/codeql.yml': CODEQL, 'dependabot.yml': DEPENDABOT };
  for (const [file, content] of Object.entries(files)) {
    new TextFile(project, `.github/${file}`, {
      marker: true,
      lines: [
        '# ~~ Generated by projen. To modify, edit projenrc/workflows.ts and run "npx projen".',
        // A version behind a digest is a comment, and not a part of the text.
        ...stringify(content, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd().replace(/"?([\w./-]+@[0-9a-f]{40}) # (v[\d.]+)"?$/gm, '$1 # $2').split('\n'),
        '',
      ],
    });
  }
}
