import { Access } from './access';
import { Answer } from './answer';
import { Client } from './client';
import { expiryProblem } from './expiry';
import { Opening } from './opening';
import { Report } from './report';
import { Sources, Source } from './sources';
import { declarations } from './summary';
import { MeshModel } from '../private/model';
import { visibleJson } from '../private/visible';
import { Problem } from '../reading/problem';
import { Cause } from '../trace/hop';

/** A report for programs. Members are added and never renamed. */
export interface ReportData {
  readonly version: 1;
  /** The facts of the mesh that it is for. */
  readonly mesh: MeshModel;
  /** The day by which dependencies are judged, if one was given. */
  readonly today?: string;
  readonly clients: readonly Client[];
  /** What could not be read, and is missing. */
  readonly problems: readonly Problem[];
  readonly dependencies: readonly unknown[];
}

export function reportData({ view, clients, dependencies, sources, unread }: Report): ReportData {
  return {
    version: 1,
    mesh: view.facts,
    today: view.today,
    clients,
    problems: unread,
    dependencies: dependencies.map(dependency => ({
      hosts: dependency.hosts,
      ports: [...new Map(dependency.targets.map(({ port, protocol }) => [port, { number: port, protocol }])).values()],
      isInMesh: dependency.isInMesh,
      ...dependency.purpose,
      isExpired: dependency.isExpired,
      expiryProblem: expiryProblem(dependency.purpose),
      declaredBy: declarations(dependency),
      access: dependency.access.map(access => accessData(access, sources)),
      doors: dependency.doors.flatMap(({ access }) => access.map(one => accessData(one, sources))),
      whoElse: dependency.openings.map(opening => openingData(opening, sources)),
    })),
  };
}

function accessData({ client, target, workloads, ...answer }: Access, sources: Sources): unknown {
  return { client, workloads, host: target.host, port: target.port, ...answerData(answer, sources) };
}

export function answerData(
  { verdict, instead, gateway, why, conditions, besides, endpoints, tls, server, because }: Answer, sources: Sources,
) {
  return {
    verdict,
    ...instead.length === 0 ? {} : { instead },
    gateway,
    why,
    conditions,
    ...besides.length === 0 ? {} : { besides },
    endpoints,
    tls,
    server: server && { ...server, because: placesOf(server.because, sources) },
    because: placesOf(because, sources),
  };
}

function openingData({ kind, who, why, except, because }: Opening, sources: Sources): unknown {
  return { kind, who, why, except, because: placesOf(because, sources) };
}

export function placesOf(causes: readonly Cause[], sources: Sources): Source[] {
  return causes.map(cause => sources.of(cause));
}

/** In parts: one text of a thousand services, each with a thousand clients, is longer than JavaScript has texts. */
export function* asJson(report: Report): Iterable<string> {
  const { dependencies, ...head } = reportData(report);
  const [before, after] = visibleJson({ ...head, dependencies: [MARK] }).split(JSON.stringify(MARK));
  yield dependencies.length === 0 ? before.trimEnd() : before;
  for (const [i, dependency] of dependencies.entries()) {
    yield `${i === 0 ? '' : ',\n    '}${visibleJson(dependency).replaceAll('\n', '\n    ')}`;
  }
  yield `${dependencies.length === 0 ? after.trimStart() : after}\n`;
}

/** Stands where the dependencies are. */
const MARK = '\u0000';
