import { emitKeypressEvents } from 'node:readline'
import type { ReadStream, WriteStream } from 'node:tty'
import type { Press } from './editor.ts'
import type { Frame, Size } from './frame.ts'

/** A whole terminal, given back as it was. Only lines that changed are written, in one piece, so that nothing flickers. */
export interface Screen {
  size(): Size
  draw(frame: Frame): void
  close(): void
}

const enter = '\x1b[?1049h\x1b[?2004h\x1b[?25l\x1b[2J'
const leave = '\x1b[?2004l\x1b[?25h\x1b[?1049l'
const [begin, end] = ['\x1b[?2026h', '\x1b[?2026l']

interface Keypress {
  name?: string
  ctrl?: boolean
  meta?: boolean
}

export function openScreen(input: ReadStream, output: WriteStream, on: { press(press: Press): void; resized(): void }): Screen {
  let shown: string[] = []
  let open = true
  let pasted: string | null = null

  function keypress(text: string | undefined, { name, ctrl, meta }: Keypress) {
    if (name === 'paste-start') pasted = ''
    else if (name === 'paste-end') {
      on.press({ text: pasted ?? '' })
      pasted = null
    } else if (pasted !== null) pasted += text ?? ''
    else on.press({ text: text ?? '', name, ctrl, meta })
  }
  function resize() {
    shown = []
    output.write('\x1b[2J')
    on.resized()
  }
  function close() {
    if (!open) return
    open = false
    process.off('exit', close)
    input.off('keypress', keypress)
    output.off('resize', resize)
    input.setRawMode(false)
    input.pause()
    output.write(leave)
  }

  emitKeypressEvents(input)
  input.setRawMode(true)
  input.resume()
  input.on('keypress', keypress)
  output.on('resize', resize)
  process.on('exit', close)
  output.write(enter)

  return {
    size: () => ({ rows: output.rows, columns: output.columns }),
    draw({ lines, cursor }) {
      if (!open) return
      // Cleared first: after a line that fills the window, clearing its rest would take its last letter.
      const changes = lines.flatMap((line, row) => (line === shown[row] ? [] : [`\x1b[${row + 1};1H\x1b[2K${line}`]))
      const place = cursor ? `\x1b[${cursor.row + 1};${cursor.column + 1}H\x1b[?25h` : '\x1b[?25l'
      shown = lines
      output.write(`${begin}\x1b[?25l${changes.join('')}${place}${end}`)
    },
    close,
  }
}
