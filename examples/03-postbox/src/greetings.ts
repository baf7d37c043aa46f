import {
  type Address,
  DataSource,
  type Letter,
  Pipeline,
  PostboxPeer,
  type PostboxPeerOptions,
} from 'udpng'

/**
 * Sends "hello" to each server, and their replies on `outbox`. It receives until it is shut down; with
 * `onProducerFinished: 'drain'`, for `lingerMs`.
 */
export function greet(
  servers: readonly Address[],
  options: PostboxPeerOptions = {},
): Pipeline<[DataSource<Letter>, PostboxPeer]> {
  return new Pipeline(
    new DataSource(servers.map(([host, port]): Letter => [host, port, 'hello'])),
    new PostboxPeer(options),
  )
}
