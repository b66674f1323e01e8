# Tables and models that several files of cases share.
crq <- "data/crq.csv"
holz <- "semopy:holzinger39"
poldem <- "semopy:political_democracy"
skewed <- "data/crq_skewed.csv"
waves <- "data/growth.csv"
five <- "TR =~ tr1 + tr2 + tr3 + tr4
  SA =~ sa1 + sa2 + sa3 + sa4
  AC =~ ac1 + ac2 + ac3 + ac4
  CC =~ cc1 + cc2 + cc3 + cc4
  LO =~ lo1 + lo2 + lo3 + lo4"
trust_loyalty <- "TR =~ tr1 + tr2 + tr3 + tr4
  LO =~ lo1 + lo2 + lo3 + lo4"
three4 <- "TR =~ tr1 + tr2 + tr3 + tr4
  SA =~ sa1 + sa2 + sa3 + sa4
  LO =~ lo1 + lo2 + lo3 + lo4"
gaps <- "data/crq_missing.csv"
shops <- "data/crq_clustered.csv"
holes <- "data/crq_clustered_missing.csv"
three <- "TR =~ tr1 + tr2 + tr3
  SA =~ sa1 + sa2 + sa3
  LO =~ lo1 + lo2 + lo3"
