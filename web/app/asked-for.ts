/** The header in which the proxy tells the room behind it what page a visitor had asked for. */
export const ASKED_FOR = 'x-highstreet-asked-for'
