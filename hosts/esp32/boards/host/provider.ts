/**
 * What mcconfig wants of every board outside the SDK: its `embedded:provider/builtin`. One for all of them, because this program
 * takes pins from the board's manifest and asks for none by name.
 */

import Digital from "embedded:io/digital";

export default { io: { Digital }, pin: {} };
