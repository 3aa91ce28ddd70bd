/** The provider of the access log that the documents describe. */
export const ACCESS_LOG_PROVIDER = 'egress';

/** What an operator needs to know of a connection: who, to which service, how it ended, and why it was refused. */
export const ACCESS_LOG_FORMAT = {
  start_time: '%START_TIME%',
  server_name: '%REQUESTED_SERVER_NAME%',
  client_identity: '%DOWNSTREAM_PEER_URI_SAN%',
  client_address: '%DOWNSTREAM_REMOTE_ADDRESS%',
  refused_in_handshake: '%DOWNSTREAM_TRANSPORT_FAILURE_REASON%',
  termination_details: '%CONNECTION_TERMINATION_DETAILS%',
  response_flags: '%RESPONSE_FLAGS%',
  upstream_cluster: '%UPSTREAM_CLUSTER_RAW%',
  upstream_host: '%UPSTREAM_HOST%',
  upstream_failure: '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
  bytes_received: '%BYTES_RECEIVED%',
  bytes_sent: '%BYTES_SENT%',
  duration: '%DURATION%',
  response_code: '%RESPONSE_CODE%',
  response_code_details: '%RESPONSE_CODE_DETAILS%',
} as const;
