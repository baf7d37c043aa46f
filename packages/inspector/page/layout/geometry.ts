/** A place, in pixels at 100 %. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** A size. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** A rectangle; `x` and `y` are its upper left corner. */
export interface Box extends Point, Size {}
