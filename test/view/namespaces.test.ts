import { MeshObject } from '../../src/view/mesh-object';
import { Namespaces } from '../../src/view/namespaces';
import { PodTemplate } from '../../src/view/pod-template';

const namespace = (labels: MeshObject['labels']): MeshObject => (
  { group: '', kind: 'Namespace', name: 'shop', namespace: '', labels, annotations: {}, origin: { path: 'shop' }, spec: {} });

const pod = (labels: MeshObject['labels'], annotations: MeshObject['annotations'] = {}) => new PodTemplate(namespace({}), { metadata: { labels, annotations } }, []);

describe('the pods of a namespace', () => {
  test('of Kubernetes itself get no sidecars, whatever its labels say', () => {
    const system = new Namespaces([{ ...namespace({ 'istio-injection': 'enabled' }), name: 'kube-system' }], false);

    expect([system.hasSidecars('kube-system'), system.planeOf('kube-system', pod({ 'istio.io/rev': 'a' }))]).toEqual([false, 'NONE']);
  });

  test.each<[string, MeshObject['labels'], boolean, boolean, boolean]>([
    ['get sidecars by the label of injection', { 'istio-injection': 'enabled' }, false, true, false],
    ['get those of a revision', { 'istio.io/rev': 'canary' }, false, true, false],
    ['get none when injection is off, whatever the revision', { 'istio-injection': 'disabled', 'istio.io/rev': 'canary' }, false, false, false],
    ['get none of a revision without a name', { 'istio.io/rev': '' }, false, false, false],
    ['are ambient by their label', { 'istio.io/dataplane-mode': 'ambient' }, false, false, true],
    ['are ambient with a revision', { 'istio.io/dataplane-mode': 'ambient', 'istio.io/rev': 'canary' }, false, false, true],
    ['are ambient when the mesh is', {}, true, false, true],
    ['have sidecars in a mesh that is ambient', { 'istio-injection': 'enabled' }, true, true, false],
    ['are out of a mesh that is ambient', { 'istio.io/dataplane-mode': 'none' }, true, false, false],
  ])('%s', (_, labels, isMeshAmbient, hasSidecars, isAmbient) => {
    const namespaces = new Namespaces([namespace(labels)], isMeshAmbient);

    expect([namespaces.hasSidecars('shop'), namespaces.isAmbient('shop')]).toEqual([hasSidecars, isAmbient]);
    expect(namespaces.areSomeAmbient).toBe(isMeshAmbient || isAmbient);
  });

  test.each<[string, MeshObject['labels'], MeshObject['labels'], MeshObject['annotations'], string]>([
    ['a sidecar by the label of the namespace', { 'istio-injection': 'enabled' }, {}, {}, 'SIDECAR'],
    ['a sidecar of a revision', { 'istio.io/rev': 'canary' }, {}, {}, 'SIDECAR'],
    ['nothing without a label', {}, {}, {}, 'NONE'],
    ['a sidecar that the pod asks for', {}, { 'sidecar.istio.io/inject': 'true' }, {}, 'SIDECAR'],
    ['a sidecar of a revision that the pod asks for', {}, { 'istio.io/rev': 'canary' }, {}, 'SIDECAR'],
    ['nothing for an annotation, where no webhook is called', {}, {}, { 'sidecar.istio.io/inject': 'true' }, 'NONE'],
    ['nothing where injection is off, whatever the pod asks for', { 'istio-injection': 'disabled' }, { 'sidecar.istio.io/inject': 'true' }, {}, 'NONE'],
    ['nothing when the pod opts out', { 'istio-injection': 'enabled' }, { 'sidecar.istio.io/inject': 'false' }, {}, 'NONE'],
    ['nothing when the pod opts out by its annotation', { 'istio.io/rev': 'canary' }, {}, { 'sidecar.istio.io/inject': 'false' }, 'NONE'],
    ['a ztunnel in an ambient namespace', { 'istio.io/dataplane-mode': 'ambient' }, {}, {}, 'ZTUNNEL'],
    ['nothing when the pod opts out of an ambient namespace', { 'istio.io/dataplane-mode': 'ambient' }, { 'istio.io/dataplane-mode': 'none' }, {}, 'NONE'],
    ['a ztunnel that the pod asks for', {}, { 'istio.io/dataplane-mode': 'ambient' }, {}, 'ZTUNNEL'],
  ])('have %s', (_, labels, own, annotations, expected) => {
    expect(new Namespaces([namespace(labels)], false).planeOf('shop', pod(own, annotations))).toBe(expected);
    expect(new Namespaces([], false).planeOf('shop', pod(own, annotations))).toBeUndefined();
  });

  test('are nothing that is known when the namespace is not there', () => {
    const namespaces = new Namespaces([], false);

    expect([namespaces.hasSidecars('shop'), namespaces.isAmbient('shop'), namespaces.areSomeAmbient]).toEqual([false, false, false]);
  });
});
