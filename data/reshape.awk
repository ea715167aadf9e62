# A play of snappy's testdata in the form of the lecture's Shakespeare: the speaker and a colon, the lines, a blank line.
/^ACT / { begun = 1 }
!begun || /^(ACT|SCENE) / || /^\t(AS YOU LIKE IT|EPILOGUE|SONG\.)$/ { next }
open { open = !sub(/^[^\]]*\]/, ""); if (open) next }
{ gsub(/\[[^\]]*\]/, ""); open = sub(/\[.*/, "") }  # stage directions, over several lines too
/^[A-Z]/ { print (any++ ? "\n" : "") substr($0, 1, index($0, "\t") - 1) ":"; $0 = substr($0, index($0, "\t")) }
{ gsub(/[ \t]+/, " "); gsub(/^ | $/, "") }
$0 { print }
