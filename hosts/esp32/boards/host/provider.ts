/**
 * What mcconfig wants of every board outside the SDK: its `embedded:provider/builtin`. One for all of them, and empty, because this
 * program imports what it uses and takes pins from the board's manifest.
 */
export default { io: {}, pin: {} };
