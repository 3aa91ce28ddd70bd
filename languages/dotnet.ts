import * as fs from 'node:fs';
import * as path from 'node:path';
import { Language, Missing } from './language';
import { manifestOfApp, newApp } from './new-app';
import { attempt, isThere, succeed } from './shell';
import { manifestIn, sourceOf } from './sources';

/** The package, from a folder that nuget reads. */
export const dotnet: Language = {
  id: 'dotnet',
  title: '.NET',
  run: async bench => {
    const { folder, build } = bench;
    if (!await isThere('dotnet')) {
      throw new Missing('there is no dotnet');
    }
    const built = await build('dotnet');
    for (const [name, source] of [['Gateway', 'Gateway.cs'], ['Mistake', 'Mistake.cs']]) {
      const project = path.join(folder, name);
      fs.mkdirSync(project);
      fs.copyFileSync(sourceOf('dotnet', source), path.join(project, 'Program.cs'));
      fs.writeFileSync(path.join(project, `${name}.csproj`), PROJECT);
    }
    fs.writeFileSync(path.join(folder, 'nuget.config'),
      `<configuration><packageSources><add key="built" value="${built}" /></packageSources></configuration>\n`);
    await succeed('dotnet', ['run', '--project', 'Gateway'], folder);
    const complaint = await attempt('dotnet', ['run', '--project', 'Mistake'], folder);
    const by = `dotnet ${(await succeed('dotnet', ['--version'], folder)).trim()}`;
    const app = await newApp('csharp', bench);
    const text = await manifestOfApp(app, 'Egress/ShopEgress.cs');
    return { manifests: [{ by, text: manifestIn(folder) }], apps: [{ by, text }], complaints: [{ by, text: complaint.text }] };
  },
};

const PROJECT = `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net8.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="Cdk8s.IstioEgress" Version="*" /></ItemGroup>
</Project>
`;
