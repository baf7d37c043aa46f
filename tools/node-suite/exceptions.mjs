/**
 * Tests of Node.js that pass on node:dgram and fail on `@udpng/dgram`, and why.
 *
 * @type {Record<string, string>}
 */
export const exceptions = {
  'test/parallel/test-dgram-oob-buffer.js':
    'it closes the socket in the turn of its sends, and expects that their callbacks never run. Here these datagrams are sent before the close, and called back',
  'test/parallel/test-dgram-send-error.js':
    'it replaces the function that sends in a class inside of Node.js, which is not used here',
}
