import * as fs from 'node:fs';
import * as path from 'node:path';
import { Language, Missing } from './language';
import { manifestOfApp, newApp, rewrite } from './new-app';
import { attempt, isThere, succeed } from './shell';
import { manifestIn, sourceOf } from './sources';

const CDK8S = '2.70.0';

/** The jar, from a repository of Maven in a folder. */
export const java: Language = {
  id: 'java',
  title: 'Java',
  run: async bench => {
    const { folder, build } = bench;
    if (!await isThere('mvn')) {
      throw new Missing('there is no mvn');
    }
    const built = await build('java');
    const sources = path.join(folder, 'src/main/java');
    fs.mkdirSync(sources, { recursive: true });
    ['Gateway.java', 'Mistake.java'].forEach(file => fs.copyFileSync(sourceOf('java', file), path.join(sources, file)));
    fs.writeFileSync(path.join(folder, 'pom.xml'), pom(built));
    await succeed('mvn', ['-B', '-q', 'compile', 'dependency:build-classpath', '-Dmdep.outputFile=classpath'], folder);
    const classes = `target/classes${path.delimiter}${fs.readFileSync(path.join(folder, 'classpath'), 'utf8').trim()}`;
    await succeed('java', ['-cp', classes, 'Gateway'], folder);
    const complaint = await attempt('java', ['-cp', classes, 'Mistake'], folder);
    const by = (await succeed('java', ['--version'], folder)).split('\n')[0];
    const app = await newApp('java', bench);
    rewrite(path.join(app, 'pom.xml'), '  <dependencies>', `${repositoryOf(built)}  <dependencies>`);
    const text = await manifestOfApp(app, 'src/main/java/com/example/egress/ShopEgress.java');
    return { manifests: [{ by, text: manifestIn(folder) }], apps: [{ by, text }], complaints: [{ by, text: complaint.text }] };
  },
};

function pom(repository: string): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>example</groupId>
  <artifactId>example</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.source>11</maven.compiler.source>
    <maven.compiler.target>11</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
${repositoryOf(repository)}  <dependencies>
    <dependency>
      <groupId>io.github.cdk8s-istio-egress</groupId>
      <artifactId>cdk8s-istio-egress</artifactId>
      <version>${versionIn(repository)}</version>
    </dependency>
    <dependency>
      <groupId>org.cdk8s</groupId>
      <artifactId>cdk8s</artifactId>
      <version>${CDK8S}</version>
    </dependency>
  </dependencies>
</project>
`;
}

function repositoryOf(folder: string): string {
  return `  <repositories>
    <repository>
      <id>built</id>
      <url>file://${folder}</url>
      <releases><checksumPolicy>ignore</checksumPolicy></releases>
    </repository>
  </repositories>
`;
}

function versionIn(repository: string): string {
  const folder = path.join(repository, 'io/github/cdk8s-istio-egress/cdk8s-istio-egress');
  return fs.readdirSync(folder, { withFileTypes: true }).find(entry => entry.isDirectory())!.name;
}
