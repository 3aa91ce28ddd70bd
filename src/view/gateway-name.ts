/**
 * The Gateway that a VirtualService names, as `<namespace>/<name>`: the form without a namespace is for its own. Before there was a `/`, the namespace stood behind
 * the name, as in that of a Service, and istiod still reads it so.
 */
export function gatewayName(written: string, own: string): string {
  const slash = written.indexOf('/');
  if (slash >= 0) {
    return written.slice(0, slash) === '.' ? `${own}/${written.slice(slash + 1)}` : written;
  }
  const [name, namespace = own] = written.split('.');
  return `${namespace}/${name}`;
}
