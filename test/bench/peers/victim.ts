import http from 'node:http'

/** The smallest useful server: answers with its own pid. */
http
  .createServer((_, response) => {
    response.setHeader('connection', 'close')
    response.end(String(process.pid))
  })
  .listen(Number(process.env.PORT), '127.0.0.1')
