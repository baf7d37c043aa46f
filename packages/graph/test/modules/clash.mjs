import { Component } from '@udpng/core'

export class Ticker extends Component {
  *main() {}
}
