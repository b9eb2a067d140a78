/**
 * Does `work` at once when poked after a pause, and then at most every `everyMs`, however often it is poked; never twice at the
 * same time. `work` must not throw. `stop` forgets what is due.
 */
export function coalesce(work: () => Promise<void>, everyMs: number) {
  let due = false
  let busy = false
  let lastAt = Number.NEGATIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | null = null

  function consider() {
    if (!due || busy || timer !== null) return
    const wait = lastAt + everyMs - performance.now()
    if (wait > 0) timer = setTimeout(wake, wait)
    else void run()
  }
  function wake() {
    timer = null
    consider()
  }
  async function run() {
    due = false
    busy = true
    lastAt = performance.now()
    try {
      await work()
    } finally {
      busy = false
      consider()
    }
  }

  return {
    poke() {
      due = true
      consider()
    },
    stop() {
      due = false
      if (timer !== null) clearTimeout(timer)
      timer = null
    },
  }
}
