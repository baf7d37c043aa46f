// Everything: the one package where `export *` is the meaning, so that nothing can be forgotten.
export * from '@udpng/basic-peer'
export * from '@udpng/chassis'
export * from '@udpng/console'
export * from '@udpng/core'
export * from '@udpng/flow'
// Two have this name: what PostboxPeer takes is for users, that of @udpng/basic-peer for those who write peers.
export type { Letter } from '@udpng/peers'
export * from '@udpng/peers'
