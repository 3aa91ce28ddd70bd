import { KubeObject } from './kube';

/** A mistake that a renderer could make, made on purpose in its output: a scenario has to notice. */
export interface Breakage {
  readonly name: string;
  /** Gives the object with the mistake, itself when it is none of its business, or nothing when the object is forgotten. */
  breaks(object: KubeObject): KubeObject | undefined;
}

type Mutable = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

function change(kind: string, how: (spec: Mutable) => void, which: (object: KubeObject) => boolean = () => true): Breakage['breaks'] {
  return (object) => {
    if (object.kind !== kind || !which(object)) { return object; }
    const copy = structuredClone(object) as Mutable;
    how(copy.spec);
    return copy as KubeObject;
  };
}

function forget(kind: string, which: (object: KubeObject) => boolean = () => true): Breakage['breaks'] {
  return (object) => (object.kind === kind && which(object) ? undefined : object);
}

const atGateway = (object: KubeObject): boolean => !(object.spec.gateways as string[] | undefined)?.includes('mesh') && object.spec.exportTo !== undefined;

export const BREAKAGES: readonly Breakage[] = [
  {
    name: 'wrong server name',
    breaks: change('DestinationRule', (spec) => {
      for (const subset of spec.subsets ?? []) {
        for (const setting of subset.trafficPolicy?.portLevelSettings ?? []) { setting.tls.sni = `x${setting.tls.sni}`; }
      }
    }),
  },
  { name: 'missing gateway leg', breaks: forget('VirtualService', atGateway) },
  { name: 'missing mesh leg', breaks: forget('VirtualService', (object) => (object.spec.gateways as string[] | undefined)?.includes('mesh') ?? false) },
  { name: 'policy without the principal', breaks: change('AuthorizationPolicy', (spec) => { for (const rule of spec.rules) { delete rule.from; } }) },
  {
    name: 'policy on another server name',
    breaks: change('AuthorizationPolicy', (spec) => { for (const rule of spec.rules) { rule.when[0].values = ['p1.other.example.com']; } }),
  },
  { name: 'no policy', breaks: forget('AuthorizationPolicy') },
  {
    name: 'exportTo without the gateway\'s namespace',
    breaks: change('ServiceEntry', (spec) => { spec.exportTo = ['.']; }),
  },
  {
    name: 'resolution NONE behind the gateway',
    breaks: change('ServiceEntry', (spec) => {
      spec.resolution = 'NONE';
      delete spec.endpoints;
    }),
  },
];
