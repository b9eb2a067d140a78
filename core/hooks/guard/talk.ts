import type { Socket } from 'node:net'
import type { Clock } from '../../clock.ts'
import { fault } from '../../errors.ts'
import { type Answer, type Event, faultOf, type Order, onLines, writeLine } from './wire.ts'

/** A guard that answered once. */
export interface Peer {
  /** Rejects with the guard's refusal, or with `guard-away` when there is no answer. */
  ask(order: Order): Promise<void>
  /** Counts what it said. */
  heard(): number
  gone: Promise<void>
  close(): void
}

export function talk(
  socket: Socket,
  { agent, clock, answerMs, onEvent }: { agent: string; clock: Clock; answerMs: number; onEvent(event: Event): void },
): Peer {
  const waiting = new Map<number, (answer: Answer | string) => void>()
  const gone = Promise.withResolvers<void>()
  let serial = 0
  let heard = 0
  socket.on('error', () => {}) // 'close' follows
  socket.on('close', () => {
    gone.resolve()
    for (const settle of [...waiting.values()]) settle('it has gone')
  })
  onLines(socket, (line) => {
    heard++
    const said = line as Answer | Event
    if ('event' in said) onEvent(said)
    else waiting.get(said.id)?.(said)
  })
  return {
    ask: (order) =>
      new Promise((resolve, reject) => {
        const id = ++serial
        const cancel = clock.after(answerMs, () => settle(`no answer within ${answerMs} ms`))
        const settle = (answer: Answer | string) => {
          cancel()
          waiting.delete(id)
          if (typeof answer === 'string') reject(fault('guard-away', { agent, problem: answer }))
          else if ('ok' in answer) resolve()
          else reject(faultOf(agent, answer))
        }
        waiting.set(id, settle)
        if (socket.destroyed) settle('it has gone')
        else writeLine(socket, { ...order, id })
      }),
    heard: () => heard,
    gone: gone.promise,
    close: () => void socket.destroy(),
  }
}
