import * as fs from 'node:fs';
import * as path from 'node:path';

/** The namespaces of a platform: each team has ten applications. */
const APPS_OF_A_TEAM = 10;
/** The objects of one application in `application()`. */
const OBJECTS_OF_AN_APP = 10;

/** The ports of the gateway. */
const [FIRST_PORT, PORTS] = [15_400, 20];

/** Writes manifests as people write them: one file for each team, with comments, quotation marks and lists in their usual styles. Says how many objects they have. */
export function writeByHand(folder: string, objects: number): number {
  fs.mkdirSync(folder, { recursive: true });
  const apps = Math.ceil(objects / OBJECTS_OF_AN_APP);
  const teams = new Map<string, string[]>();
  for (let n = 0; n < apps; n++) {
    const team = `team-${Math.floor(n / APPS_OF_A_TEAM)}`;
    teams.set(team, [...teams.get(team) ?? [], application(n, team)]);
  }
  fs.writeFileSync(path.join(folder, 'gateway.yaml'), gateway());
  teams.forEach((texts, team) => fs.writeFileSync(path.join(folder, `${team}.yaml`), texts.join('')));
  return apps * OBJECTS_OF_AN_APP + 2;
}

function gateway(): string {
  return `apiVersion: v1
kind: Service
metadata:
  name: istio-egressgateway
  namespace: istio-system
spec:
  selector:
    istio: egressgateway
  ports:
${Array.from({ length: PORTS }, (_, i) => `  - {name: tls-${i}, port: ${FIRST_PORT + i}}\n`).join('')}---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: istio-egressgateway
  namespace: istio-system
spec:
  selector:
    matchLabels:
      istio: egressgateway
  template:
    metadata:
      annotations:
        inject.istio.io/templates: gateway
      labels:
        istio: egressgateway
        sidecar.istio.io/inject: "true"
    spec:
      serviceAccountName: istio-egressgateway
      containers:
      - name: istio-proxy
        image: auto
`;
}

/** One application and its database outside the mesh, through the egress gateway as Istio's tasks have it. */
function application(n: number, namespace: string): string {
  const [app, host, port] = [`app-${n}`, `db-${n}.example.com`, FIRST_PORT + n % PORTS];
  const address = `198.${18 + Math.floor(n / 65_536)}.${Math.floor(n / 256) % 256}.${n % 256}`;
  return `---
# The application of ${app}.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${app}
  namespace: ${namespace}
  labels: {app: ${app}, version: v1}
spec:
  replicas: 2
  selector:
    matchLabels:
      app: ${app}
  template:
    metadata:
      labels:
        app: ${app}
        version: v1
    spec:
      serviceAccountName: ${app}
      containers:
      - name: ${app}
        image: "registry.example.com/${app}:1.4.2"
        ports:
        - containerPort: 8080
        env:
        - name: DB_HOST
          value: ${host}
        - name: DB_PASSWORD
          valueFrom:
            secretKeyRef:
              name: ${app}-db
              key: password
        resources:
          requests:
            cpu: 100m
            memory: 128Mi
        readinessProbe:
          httpGet:
            path: /healthz
            port: 8080
---
apiVersion: v1
kind: Service
metadata:
  name: ${app}
  namespace: ${namespace}
spec:
  selector:
    app: ${app}
  ports:
  - name: http
    port: 80
    targetPort: 8080
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata:
  name: ${app}-db
  namespace: ${namespace}
spec:
  hosts:
  - ${host}
  addresses: [${address}]
  ports:
  - number: 3306
    name: tcp-mysql
    protocol: TCP
  location: MESH_EXTERNAL
  resolution: STATIC
  endpoints:
  - address: ${address}
  exportTo:
  - "."
  - istio-system
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata:
  name: ${app}-egress
  namespace: ${namespace}
spec:
  selector:
    istio: egressgateway
  servers:
  - port:
      number: ${port}
      name: tls-${n}
      protocol: TLS
    hosts:
    - ${host}
    tls:
      mode: ISTIO_MUTUAL
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: ${app}-to-egress
  namespace: ${namespace}
spec:
  host: istio-egressgateway.istio-system.svc.cluster.local
  exportTo: ["."]
  subsets:
  - name: ${app}
    trafficPolicy:
      portLevelSettings:
      - port:
          number: ${port}
        tls:
          mode: ISTIO_MUTUAL
          sni: ${host}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: ${app}-db
  namespace: ${namespace}
spec:
  host: ${host}
  trafficPolicy:
    connectionPool:
      tcp:
        connectTimeout: 5s
    outlierDetection:
      consecutive5xxErrors: 5
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: ${app}-db
  namespace: ${namespace}
spec:
  hosts:
  - ${host}
  gateways:
  - mesh
  - ${app}-egress
  tcp:
  - match:
    - gateways: [mesh]
      port: 3306
    route:
    - destination:
        host: istio-egressgateway.istio-system.svc.cluster.local
        subset: ${app}
        port:
          number: ${port}
  - match:
    - gateways:
      - ${app}-egress
      port: ${port}
    route:
    - destination:
        host: ${host}
        port:
          number: 3306
      weight: 100
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata:
  name: ${app}
  namespace: ${namespace}
spec:
  workloadSelector:
    labels:
      app: ${app}
  egress:
  - hosts:
    - "./*"
    - "istio-system/*"
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: ${app}
  namespace: ${namespace}
spec:
  selector:
    matchLabels:
      app: ${app}
  action: ALLOW
  rules:
  - from:
    - source:
        principals: ["cluster.local/ns/${namespace}/sa/app-${n + 1}"]
    to:
    - operation:
        ports: ["8080"]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: ${app}
  namespace: ${namespace}
spec:
  podSelector:
    matchLabels:
      app: ${app}
  policyTypes: [Egress]
  egress:
  - to:
    - ipBlock:
        cidr: ${address}/32
    ports:
    - protocol: TCP
      port: 3306
  - to:
    - namespaceSelector: {}
`;
}
