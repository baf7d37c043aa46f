// Everything: the one package where `export *` is the meaning, so that nothing can be forgotten.
export * from '@udpng/basic-peer'
export * from '@udpng/chassis'
export * from '@udpng/console'
export * from '@udpng/core'
export * from '@udpng/core/account'
export * from '@udpng/core/program'
export * from '@udpng/flow'
export * from '@udpng/peers'
