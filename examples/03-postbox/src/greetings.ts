import {
  type Address,
  DataSource,
  type Letter,
  Pipeline,
  PostboxPeer,
  type PostboxPeerOptions,
} from 'udpng'

/**
 * Sends "hello" to several servers, and what they answer on `outbox`. It goes on receiving until it is shut down,
 * or with `onProducerFinished: 'drain'` for `lingerMs`.
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
