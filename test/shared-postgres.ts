/** Where the run's own PostgreSQL is asked for; it is started when it is needed first. */
export const starterVariable = 'JIDOKA_TEST_STARTER'

/** Its URL; nothing where no run is under way (benches, the simulator). */
export async function sharedPostgres(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const starter = env[starterVariable]
  if (!starter) return undefined
  const answer = await fetch(starter)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`no PostgreSQL for this run: ${text}`)
  return text
}
