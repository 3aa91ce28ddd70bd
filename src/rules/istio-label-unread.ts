import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { nearest } from '../private/nearest';
import { INJECTION, ISTIO_NAMES, ISTIO_NAMES_OF_PODS } from '../view/istio-labels';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { PodTemplate } from '../view/pod-template';

/** How many letters may be wrong. */
const MOST_SLIPS = 2;

const INJECT = 'sidecar.istio.io/inject';

/** The values of the label that mean something. */
const INJECTION_VALUES = ['enabled', 'disabled'];

export const istioLabelUnread: Rule = {
  id: 'MX0107',
  name: 'istio-label-unread',
  severity: 'WARNING',
  title: 'A label or annotation of Istio is misspelt, or stands where Istio does not read it.',
  why: 'Kubernetes takes any label and any annotation. The setting has no effect: pods have no sidecar although their namespace seems to ask for one, or ports pass the sidecar or do not.',
  fix: 'Correct the name or the value. `istio-injection` is a label of a Namespace, with the value `enabled` or `disabled`; what is for pods belongs into the metadata of their template.',
  related: ['IST0108', 'IST0107'],
  check: view => {
    const meant = new Map<string, string | undefined>();
    const slipOf = (name: string) => {
      if (!meant.has(name)) {
        meant.set(name, nearest(name, [...ISTIO_NAMES], () => MOST_SLIPS));
      }
      return meant.get(name);
    };
    return [
      ...view.objects.flatMap(object => misspelt(object, object, ['metadata'], slipOf)),
      ...templatesOf(view).flatMap(pod => misspelt(pod.object, pod, metadataOf(pod.field), slipOf)),
      ...view.objects.flatMap(injectionElsewhere),
      ...templatesOf(view).flatMap(besideTheTemplate),
      ...view.of('', 'Namespace').flatMap(atNamespace),
    ];
  },
};

/** Those of workloads; a Pod has its labels at its top. */
function templatesOf(view: MeshView): PodTemplate[] {
  return view.pods.filter(({ field }) => field.length > 1);
}

function metadataOf(field: PodTemplate['field']): PodTemplate['field'] {
  return [...field.slice(0, -1), 'metadata'];
}

function misspelt(object: MeshObject, metadata: Pick<MeshObject, 'labels' | 'annotations'>, at: PodTemplate['field'], slipOf: (name: string) => string | undefined): Finding[] {
  return (['labels', 'annotations'] as const).flatMap(part => Object.keys(metadata[part]).filter(name => !ISTIO_NAMES.has(name)).flatMap((name): Finding[] => {
    const meant = slipOf(name);
    return meant === undefined ? [] : [{
      object,
      field: [...at, part, name],
      message: `${quote(name)} is no ${part === 'labels' ? 'label' : 'annotation'} of Istio, and has no effect`,
      fix: `did you mean ${quote(meant)}?`,
    }];
  }));
}

/** The label for injection where it is none, or says nothing. */
function injectionElsewhere(object: MeshObject): Finding[] {
  const { kind, group, labels, annotations } = object;
  const isNamespace = group === '' && kind === 'Namespace';
  const value = labels[INJECTION];
  if (isNamespace && value !== undefined && !INJECTION_VALUES.includes(value)) {
    return [{
      object,
      field: ['metadata', 'labels', INJECTION],
      message: `${quote(INJECTION)} is ${quote(value)}: istiod adds no sidecar to the pods of this namespace`,
      fix: `write ${INJECTION_VALUES.map(quote).join(' or ')}`,
    }];
  }
  const part = annotations[INJECTION] !== undefined && value === undefined ? 'annotations' : !isNamespace && value !== undefined ? 'labels' : undefined;
  return part === undefined ? [] : [{
    object,
    field: ['metadata', part, INJECTION],
    message: `${quote(INJECTION)} is a label of a Namespace, and has no effect as ${part === 'labels' ? 'one' : 'an annotation'} of a ${kind}`,
    fix: isNamespace ? 'write it in \'metadata.labels\'' : 'write it at the Namespace; "sidecar.istio.io/inject" is that of a pod, in its template',
  }];
}

/** What is for pods, at what makes them alone. */
function besideTheTemplate({ object, labels, annotations, field }: PodTemplate): Finding[] {
  return ofPods(object).filter(({ name }) => labels[name] === undefined && annotations[name] === undefined).map(({ part, name }): Finding => ({
    object,
    field: ['metadata', part, name],
    message: `${quote(name)} is read of pods, and has no effect at the ${object.kind} that makes them`,
    fix: `write it in '${metadataOf(field).join('.')}.${part}'`,
  }));
}

/** What is for pods, at their namespace. */
function atNamespace(object: MeshObject): Finding[] {
  return ofPods(object).map(({ part, name }): Finding => ({
    object,
    field: ['metadata', part, name],
    message: `${quote(name)} is read of pods, and has no effect at a Namespace`,
    fix: name === INJECT ? `write the label ${quote(INJECTION)}, with ${INJECTION_VALUES.map(quote).join(' or ')}` : `write it in 'metadata.${part}' of the template of the pods`,
  }));
}

function ofPods(object: MeshObject): { readonly part: 'labels' | 'annotations'; readonly name: string }[] {
  return (['labels', 'annotations'] as const).flatMap(part => Object.keys(object[part]).filter(name => ISTIO_NAMES_OF_PODS.has(name)).map(name => ({ part, name })));
}
