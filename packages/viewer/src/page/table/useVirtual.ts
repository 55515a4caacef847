/** The library's virtual list, drawn by Preact. */
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions
} from "@tanstack/virtual-core"
import { useLayoutEffect, useReducer, useState } from "preact/hooks"

type Options = Pick<
  VirtualizerOptions<HTMLDivElement, HTMLElement>,
  "count" | "getScrollElement" | "estimateSize" | "overscan" | "rangeExtractor"
>

export const useVirtual = (options: Options): Virtualizer<HTMLDivElement, HTMLElement> => {
  const [, draw] = useReducer((drawn: number) => drawn + 1, 0)
  const whole = {
    ...options,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => draw(undefined)
  }
  const [virtualizer] = useState(() => new Virtualizer<HTMLDivElement, HTMLElement>(whole))
  virtualizer.setOptions(whole)
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer])
  useLayoutEffect(() => virtualizer._willUpdate())
  return virtualizer
}
