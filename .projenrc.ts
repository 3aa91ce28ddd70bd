import { cdk8s, javascript, typescript } from 'projen';
import { writeWorkflows } from './projenrc/workflows';

const project = new cdk8s.ConstructLibraryCdk8s({
  name: 'cdk8s-istio-egress',
  description: 'Typed cdk8s constructs for what lies outside an Istio mesh: databases and APIs, direct or through an egress gateway',
  author: 'cdk8s-istio-egress maintainers',
  authorAddress: 'maintainers@cdk8s-istio-egress.invalid',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk8s-istio-egress/cdk8s-istio-egress.git',
  keywords: ['cdk8s', 'istio', 'egress', 'service-mesh', 'service-entry', 'egress-gateway', 'mysql', 'redis', 'kubernetes'],
  license: 'Apache-2.0',
  defaultReleaseBranch: 'main',
  packageManager: javascript.NodePackageManager.NPM,
  projenVersion: '~0.103.25',
  projenrcTs: true,
  runner: typescript.TypeScriptRunner.tsx(),
  projenrcTsOptions: { runner: typescript.TypeScriptRunner.tsx({ typeCheck: false }) },

  // Below TypeScript 7: ts-jest and typescript-eslint do not run on it yet, and projen's default is `*`.
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0',
  minNodeVersion: '20.16.0',
  cdk8sVersion: '2.70.0',
  constructsVersion: '10.4.0',
  // Not jsii modules, so they travel inside the package.
  bundledDeps: ['ipaddr.js@^2', 'yaml@^2'],
  bin: { 'cdk8s-istio-egress': 'bin/cdk8s-istio-egress' },
  devDeps: ['esbuild@^0.28', '@stryker-mutator/core@^9', '@stryker-mutator/jest-runner@^9', '@types/node@^20', '@xmldom/xmldom@^0.9', 'ajv@^8', 'cdk8s-cli@^2.207.0', 'cdk8s-plus-27@^2.9.5', 'cdk8s-plus-32@^2.5.92', 'cdk8s-plus-33@^2.5.57', 'cdk8s-plus-34@^2.0.54', 'fast-check@^4'],

  jestOptions: {
    jestVersion: '^30',
    // A test run never changes an expectation.
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    passWithNoTests: false,
    jestConfig: {
      testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/conformance/test/**/*.test.ts', '<rootDir>/e2e/test/**/*.test.ts', '<rootDir>/bench/test/**/*.test.ts'],
      moduleNameMapper: { '^cdk8s-istio-egress$': '<rootDir>/src/index.ts' },
      modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/lib', '<rootDir>/test-reports'],
      collectCoverage: false,
    },
    // Types are checked by `tsc` over every folder (below): once, not once a test file.
    tsJestOptions: { transformOptions: { isolatedModules: true } },
  },

  // src/ and imports/ side by side become lib/src and lib/imports.
  // Inline source maps would make the package three times as big and slower to load.
  entrypoint: 'lib/src/index.js',
  entrypointTypes: 'lib/src/index.d.ts',
  tsconfig: {
    include: ['imports/istio/**/*.ts'],
    compilerOptions: { rootDir: '.', outDir: 'lib', inlineSourceMap: false, inlineSources: false },
  },
  sampleCode: false,

  github: false,
  release: false,
  depsUpgrade: false,
  pullRequestTemplate: false,
  vscode: false,

  docgenFilePath: 'API.md',
  eslint: true,
  // The linter reports; it never rewrites what a test run is looking at.
  eslintOptions: { dirs: ['src'], commandOptions: { fix: false } },
  publishToPypi: { distName: 'cdk8s-istio-egress', module: 'cdk8s_istio_egress' },
  publishToMaven: { javaPackage: 'io.github.cdk8sistioegress', mavenGroupId: 'io.github.cdk8s-istio-egress', mavenArtifactId: 'cdk8s-istio-egress' },
  publishToGo: { moduleName: 'github.com/cdk8s-istio-egress/cdk8s-istio-egress-go', packageName: 'istioegress' },
  publishToNuget: { dotNetNamespace: 'Cdk8s.IstioEgress', packageId: 'Cdk8s.IstioEgress' },
});

// A dependency of the linter publishes more platform packages than every registry mirror holds; this version's set is complete.
project.package.addField('overrides', { 'unrs-resolver': '1.12.2' });
// projen's jsii component writes `lib/index.d.ts` whatever the entry point is.
project.package.addField('types', 'lib/src/index.d.ts');
project.npmignore?.exclude('/imports/', '/examples/', '/conformance/', '/e2e/', '/bench/', '/languages/', '/release/', '/pipelines/*.ts', '/pipelines/app/', '/pipelines/flux-build/', '/website/', '/rosetta/', '/stryker.config.json', '/stryker.jest.json', '/.ci/', '/.versionrc.json', '/CODE_OF_CONDUCT.md', '/DESIGN.md', '/CONTRIBUTING.md');

// The linter's type service takes the nearest tsconfig.json, so each folder outside src/ has one; there the package has its own name.
const toolFolders = ['examples', 'conformance', 'e2e', 'bench', 'languages', 'release', 'pipelines', 'website', 'imports'];
for (const folder of toolFolders) {
  new javascript.TypescriptConfig(project, {
    fileName: `${folder}/tsconfig.json`,
    extends: javascript.TypescriptConfigExtends.fromTypescriptConfigs([project.tsconfig!]),
    include: ['**/*.ts'],
    compilerOptions: { noEmit: true, rootDir: '..', paths: { 'cdk8s-istio-egress': ['../src/index.ts'] } },
  });
  if (folder !== 'imports') {
    project.eslint?.addLintPattern(folder);
    project.eslint?.allowDevDeps(`${folder}/**/*.ts`);
  }
}
// The app that `init` writes has the tsconfig.json of its users.
project.eslint?.addLintPattern('templates');
project.eslint?.allowDevDeps('templates/**/*.ts');
project.tryFindObjectFile('test/tsconfig.json')?.addOverride('compilerOptions.paths', { 'cdk8s-istio-egress': ['../src/index.ts'] });
// That file also knows the package by its own name.
project.tryFindObjectFile('.eslintrc.json')?.addOverride('settings.import/resolver.typescript.project', './tsconfig.all.json');
// In an example it stands where a user would have it.
project.eslint?.addRules({
  'import/order': ['warn', {
    groups: ['builtin', 'external'],
    alphabetize: { order: 'asc', caseInsensitive: true },
    pathGroups: [{ pattern: 'cdk8s-istio-egress', group: 'external' }],
    pathGroupsExcludedImportTypes: [],
  }],
});
// Generated code is not ours to style.
project.eslint?.addIgnorePattern('imports/');
// The runner of Node waits for its tests by itself.
project.eslint?.addOverride({ files: ['templates/**'], rules: { '@typescript-eslint/no-floating-promises': 'off' } });
// Programs for a person at a terminal print to it.
project.eslint?.addOverride({ files: ['projenrc/**', 'examples/**', 'conformance/**', 'e2e/**', 'bench/**', 'languages/**', 'release/**', 'pipelines/**', 'website/**', 'imports/**'], rules: { 'no-console': 'off' } });

new javascript.TypescriptConfig(project, {
  fileName: 'tsconfig.all.json',
  extends: javascript.TypescriptConfigExtends.fromTypescriptConfigs([project.tsconfig!]),
  include: ['src', 'test', 'templates', ...toolFolders].map(folder => `${folder}/**/*.ts`),
  compilerOptions: { noEmit: true, rootDir: '.', paths: { 'cdk8s-istio-egress': ['./src/index.ts'] } },
});
project.testTask.exec('tsc -p tsconfig.all.json');

// jsii-docgen alone leaves out what is thrown.
project.tasks.tryFind('docgen')!.reset('tsx projenrc/api-docs.ts', { receiveArgs: true });
// What was compiled of a file that is gone would be published.
project.preCompileTask.exec('node -e "fs.rmSync(\'lib\', { recursive: true, force: true })"');
// Without projen's --silence-warnings=reserved-word, which hides names that other languages reserve.
project.compileTask.reset('jsii');

project.addTask('import', {
  description: 'Generate imports/ (trimmed CRDs and L1 classes) again from Istio\'s own CRDs',
  exec: 'tsx imports/generate.ts',
  receiveArgs: true,
});
project.addTask('bookinfo', {
  description: 'Write Bookinfo with an external MySQL, direct and through the egress gateway, into dist/',
  exec: 'tsx --tsconfig examples/tsconfig.json examples/bookinfo-external-mysql/main.ts',
  receiveArgs: true,
});
project.addTask('examples', {
  description: 'Write the manifests of every example again',
  exec: 'tsx --tsconfig examples/tsconfig.json examples/write.ts',
  receiveArgs: true,
});
project.addTask('bench', {
  description: 'Measure synth time and memory against the same objects written with raw cdk8s',
  exec: 'tsx --tsconfig bench/tsconfig.json bench/run.ts',
  receiveArgs: true,
});
project.addTask('bench:peers', {
  description: 'Measure the library against other programs that write the same objects (docs/performance.md)',
  exec: 'tsx --tsconfig bench/tsconfig.json bench/peers/run.ts',
  receiveArgs: true,
});
project.addTask('languages', {
  description: 'Build the package for each language, install it into an empty project and use it',
  exec: 'tsx --tsconfig languages/tsconfig.json languages/run.ts',
  receiveArgs: true,
});
project.addTask('conformance', {
  description: 'Let Istio\'s own code judge the manifests of every example and of generated apps',
  exec: 'tsx --tsconfig conformance/tsconfig.json conformance/run.ts',
  receiveArgs: true,
});
project.addTask('conformance:fuzz', {
  description: 'Judge many generated apps (--apps N --seed S)',
  exec: 'tsx --tsconfig conformance/tsconfig.json conformance/fuzz.ts',
  receiveArgs: true,
});
project.addTask('conformance:versions', {
  description: 'Let the CRDs of each minor version of Istio judge what the library writes',
  exec: 'tsx --tsconfig conformance/tsconfig.json conformance/versions.ts',
  receiveArgs: true,
});
project.addTask('synth:differential', {
  description: 'Compare what cdk8s\'s App and FastApp write for generated apps (--apps N --seed S)',
  exec: 'tsx --tsconfig conformance/tsconfig.json conformance/differential.ts',
  receiveArgs: true,
});
project.addTask('conformance:apiserver', {
  description: 'Apply every example to a real API server with Istio\'s webhook',
  exec: 'tsx --tsconfig e2e/tsconfig.json e2e/apiserver.ts',
  receiveArgs: true,
});
project.addTask('mutation', {
  description: 'Mutate src/ and see whether the unit tests notice (an hour; by hand)',
  // Quoted: the shell would expand the pattern of --mutate, and stryker takes one word for it.
  exec: 'stryker run stryker.config.json "$@"',
  receiveArgs: true,
});
project.addTask('e2e', {
  description: 'Run the scenarios as traffic on a real Istio',
  exec: 'tsx --tsconfig e2e/tsconfig.json e2e/run.ts',
  receiveArgs: true,
});
project.addTask('e2e:report-page', {
  description: 'Open the page of a report in a real browser',
  exec: 'tsx --tsconfig e2e/tsconfig.json e2e/report-page.ts',
  receiveArgs: true,
});
project.addTask('e2e:website', {
  description: 'Open every page of the documentation site in a real browser',
  exec: 'tsx --tsconfig e2e/tsconfig.json e2e/website.ts',
  receiveArgs: true,
});
project.addTask('website', {
  description: 'Build the documentation site into dist/website',
  exec: 'tsx --tsconfig website/tsconfig.json website/build.ts',
  receiveArgs: true,
});
project.addTask('release:rehearse', {
  description: 'Do everything of a release but the publishing',
  exec: 'tsx --tsconfig release/tsconfig.json release/run.ts',
  receiveArgs: true,
});
project.addTask('release:build', {
  description: 'Build what a release publishes, with its sums',
  exec: 'tsx --tsconfig release/tsconfig.json release/build.ts',
  receiveArgs: true,
});
project.addTask('pipelines', {
  description: 'Try the files of docs/pipelines.md with the code of the tools that read them',
  exec: 'tsx --tsconfig pipelines/tsconfig.json pipelines/run.ts',
  receiveArgs: true,
});
writeWorkflows(project);

project.synth();
