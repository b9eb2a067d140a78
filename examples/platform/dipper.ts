import { answer, hooked, pathOf, problem, readPlace } from './service.ts'

/**
 * Sessions and authentication: may this session be used?
 *
 *   GET /sessions/{session}   {session, line} | 403 barred | 422 not a session
 *
 * Stateless, so that any of its members can answer for any session. A session is the name of its line, with or without
 * a suffix ("81901234-2"); a line whose name begins with "barred" was barred by its operator.
 */
const place = readPlace()
let [answered, denied] = [0, 0]

const check = () => ({
  'sessions:answered': [{ observedValue: answered, observedUnit: 'requests' }],
  'sessions:denied': [{ observedValue: denied, observedUnit: 'requests' }],
})

hooked(place, { check }, (req, res) => {
  const [, root, session = ''] = pathOf(req).pathname.split('/')
  if (req.method !== 'GET' || root !== 'sessions') return problem(res, 404, 'not-found', 'See GET /sessions/{session}.')
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/i.test(session))
    return problem(res, 422, 'bad-request', 'A session is 1 to 63 letters, digits and dashes.')
  const line = session.split('-')[0] as string
  answered++
  if (line.startsWith('barred')) {
    denied++
    return problem(res, 403, 'barred', `The line ${line} is barred.`)
  }
  answer(res, 200, { session, line })
})
