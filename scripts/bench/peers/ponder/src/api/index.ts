import { Hono } from 'hono'

// Ponder does not start without a web server; nobody asks this one.
const nothing = new Hono()

export default nothing
