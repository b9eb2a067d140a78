import type { Clock } from '../../core/clock.ts'
import type { Json } from '../../core/runs/run.ts'

/** What a person is told; `text` is ready to be read, `payload` is for machines. */
export interface Page {
  /** The same page carries the same key, however often it is sent. */
  dedupe: string
  incident: string | null
  title: string
  text: string
  payload: { [key: string]: Json }
}

export interface PagerPorts {
  clock: Clock
  /** Where the pager `log` writes. */
  write(line: string): void
  environment(name: string): string | undefined
}

/** A way to reach a person. `deliver` ends when the other side has taken the page, and throws when it has not. */
export interface Pager {
  kind: string
  deliver(page: Page): Promise<void>
}

/** The page as machines read it; what people read comes last, and counts. */
export const documentOf = ({ payload, dedupe, incident, title, text }: Page) =>
  JSON.stringify({ ...payload, componentTitle: payload.title, dedupe, incident, title, text })
