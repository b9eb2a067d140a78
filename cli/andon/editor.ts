import { graphemes } from './width.ts'

/** One line of input. Pure; letters are what a person takes for one, so that a press of backspace takes one of them. */
export interface Editing {
  before: string
  after: string
}
export const empty: Editing = { before: '', after: '' }

/** A key as node:readline tells it. */
export interface Press {
  text: string
  name?: string
  ctrl?: boolean
  meta?: boolean
}

const firstOf = (text: string) => graphemes(text)[0] ?? ''
const lastOf = (text: string) => graphemes(text).at(-1) ?? ''
const maxChars = 2_000

export function edited({ before, after }: Editing, { text, name = '', ctrl = false, meta = false }: Press): Editing {
  switch (ctrl ? `^${name}` : name) {
    case 'backspace':
    case '^h':
      return { before: before.slice(0, before.length - lastOf(before).length), after }
    case 'delete':
    case '^d':
      return { before, after: after.slice(firstOf(after).length) }
    case 'left':
    case '^b':
      return { before: before.slice(0, before.length - lastOf(before).length), after: lastOf(before) + after }
    case 'right':
    case '^f':
      return { before: before + firstOf(after), after: after.slice(firstOf(after).length) }
    case 'home':
    case '^a':
      return { before: '', after: before + after }
    case 'end':
    case '^e':
      return { before: before + after, after: '' }
    case '^u':
      return { before: '', after }
    case '^k':
      return { before, after: '' }
    case '^w':
      return { before: before.replace(/\S+\s*$/u, ''), after }
  }
  if (ctrl || meta || text === '') return { before, after }
  // What is pasted comes with its line ends: one line is one order.
  const typed = text.replaceAll(/\s+/gu, ' ').replaceAll(/\p{Cc}/gu, '')
  return { before: (before + typed).slice(0, maxChars), after }
}
