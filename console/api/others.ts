import type { OthersPorts } from '../state/others.ts'
import { ask, http } from './client.ts'

const aliveWithinMs = 2_000

export const overHttp: Pick<OthersPorts, 'read' | 'lives'> = {
  async read() {
    const answer = await ask(http.GET('/v1/controllers'))
    return answer.ok ? answer.data.items.map(({ url }) => new URL(url).origin) : []
  },
  // The answer itself may not be read from here, only that there is one.
  lives: (url) =>
    fetch(`${url}/health`, { mode: 'no-cors', cache: 'no-store', signal: AbortSignal.timeout(aliveWithinMs) }).then(
      () => true,
      () => false,
    ),
}
