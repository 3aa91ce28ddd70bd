/** What Istio takes for TCP. */
export const TCP = ['TCP', 'MONGO', 'REDIS', 'MYSQL'];

/** What Istio takes for TLS. */
export const TLS = ['TLS', 'HTTPS'];

export const HTTP = ['HTTP', 'HTTP2', 'GRPC'];

/** The protocols that the library has under the same name. */
export const PROTOCOLS = [...TCP, ...TLS, ...HTTP];
