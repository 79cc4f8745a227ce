"""How fast balsim is, against what a user would write instead and against what the machine can do."""
