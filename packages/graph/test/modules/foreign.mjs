class Component {
  *main() {}
}

export class Other extends Component {}
