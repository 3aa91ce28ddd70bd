import { CUE } from './cue';
import { HELM } from './helm';
import { JSONNET } from './jsonnet';
import { KUBERNETES_MODELS } from './kubernetes-models';
import { KUSTOMIZE } from './kustomize';
import { nodeProgram } from './node-programs';
import { Peer } from './peer';

/** What the others are compared with. */
export const BASE = nodeProgram('library', 'this library', 'with-library', 'the constructs of the library in an `App` of cdk8s');

/** Everything that is measured, in the order of the document. Another one is a line here. */
export const PEERS: readonly Peer[] = [
  BASE,
  nodeProgram('fast-app', 'this library, FastApp', 'with-fast-app', 'the same constructs in a `FastApp`, which writes the same bytes'),
  nodeProgram('cdk8s', 'cdk8s', 'with-raw-objects', 'the same objects as literals of `ApiObject`, with every name given; it checks nothing'),
  KUBERNETES_MODELS,
  HELM,
  KUSTOMIZE,
  JSONNET,
  CUE,
];
