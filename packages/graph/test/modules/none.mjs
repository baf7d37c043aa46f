export { Component, Scheduler } from '@udpng/core'
export const answer = 42
